import { OpsError } from '../../base/errors.js';

/** What a destructive verb asks. */
export interface Question {
  /** e.g. `delete context "lab"`. */
  readonly what: string;
  /** What is lost, with counts. */
  readonly consequence: string;
  /** Set where the user has to type this name instead of `y`. */
  readonly name?: string;
}

export interface Consent {
  readonly context: string;
  readonly protected: boolean;
  readonly yes: boolean;
  readonly confirm: string | undefined;
  readonly noInput: boolean;
}

/** `given`: the flags said it. Else what to ask for: `y`, or a name to type. */
export type Asked =
  | { readonly kind: 'given' }
  | { readonly kind: 'yes' }
  | { readonly kind: 'name'; readonly name: string };

/**
 * Whether the flags answer the question, or how to ask it. In a protected context, and where the question has a name,
 * `--yes` is not enough. Throws `usage` where the answer is missing and nobody can be asked, or `--confirm` names
 * something else.
 */
export const consentTo = (question: Question, consent: Consent): Asked => {
  const name = question.name ?? (consent.protected ? consent.context : undefined);
  if (name === undefined) {
    if (consent.yes) return { kind: 'given' };
    if (consent.noInput) throw unasked(question, 'repeat the command with --yes');
    return { kind: 'yes' };
  }
  if (consent.confirm === name) return { kind: 'given' };
  if (consent.confirm !== undefined)
    throw new OpsError(
      'usage',
      `cannot ${question.what}: it needs the confirmation "${name}", and --confirm says "${consent.confirm}"`,
      `check what you are about to do; if it is right, use --confirm ${name}`,
      { reason: 'wrong_confirmation' },
    );
  if (consent.noInput) throw unasked(question, `repeat the command with --confirm ${name}`);
  return { kind: 'name', name };
};

const unasked = ({ what }: Question, hint: string): OpsError =>
  new OpsError('usage', `cannot ${what} without a confirmation, and nobody can be asked here`, hint, {
    reason: 'confirmation_needed',
  });

/** Whether what was typed is a yes. Nothing typed is a no. */
export const isConsent = (answer: string, asked: Asked): boolean =>
  asked.kind === 'name' ? answer.trim() === asked.name : /^y(es)?$/i.test(answer.trim());

/** The user answered no. */
export const declined = ({ what }: Question): OpsError =>
  new OpsError('declined', `you declined to ${what}`, 'nothing was changed');
