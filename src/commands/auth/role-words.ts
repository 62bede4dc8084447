import { OpsError } from '../../base/errors.js';
import { nearest } from '../../base/nearest.js';
import { type Area, areaNames, areaRoles, Grants, type RoleOf } from '../../core/shared/index.js';

/** A role as it is named on the command line; bare AREA has none. */
export interface RoleWord {
  readonly area: Area;
  readonly role: RoleOf<Area> | undefined;
}

/** Every role of every area, for help: `restore=read|admin …`. */
export const allRoles = areaNames.map((area) => `${area}=${areaRoles[area].join('|')}`).join(' ');

const sameWord = <Word extends string>(word: string, among: readonly Word[]): Word | undefined =>
  among.find((candidate) => candidate.toLowerCase() === word.toLowerCase());

const hintOf = (word: string, among: readonly string[]): string => {
  const [near] = nearest(word, among);
  return near === undefined ? `use ${among.join(', ')}` : `did you mean "${near}"? There are: ${among.join(', ')}`;
};

/** `query=read`, in any case, or `query` alone. Throws `usage` for an area or role that does not exist. */
export const parseRoleWord = (word: string): RoleWord => {
  const equals = word.indexOf('=');
  const areaText = equals < 0 ? word : word.slice(0, equals);
  const area = sameWord(areaText, areaNames);
  if (!area) throw new OpsError('usage', `"${word}": there is no area "${areaText}"`, hintOf(areaText, areaNames));
  if (equals < 0) return { area, role: undefined };
  const roles: readonly RoleOf<Area>[] = areaRoles[area];
  const roleText = word.slice(equals + 1);
  const role = sameWord(roleText, roles);
  if (role) return { area, role };
  throw new OpsError('usage', `"${word}": ${area} has no role "${roleText}"`, hintOf(roleText, roles));
};

/** As `parseRoleWord`, with a role. */
export const parseRole = (word: string): RoleWord & { readonly role: RoleOf<Area> } => {
  const { area, role } = parseRoleWord(word);
  if (role !== undefined) return { area, role };
  throw new OpsError('usage', `"${word}" names no role`, `write AREA=ROLE: ${area}=${areaRoles[area].join('|')}`);
};

/** The words of several flags together, each a list with commas. Throws `usage` where they give an area two roles. */
export const parseGrants = (lists: readonly string[]): Grants => {
  const words = lists.flatMap((list) => list.split(',')).map((word) => parseRole(word.trim()));
  for (const { area, role } of words) {
    const other = words.find((word) => word.area === area && word.role !== role);
    if (other)
      throw new OpsError(
        'usage',
        `${area} is given two roles, ${role} and ${other.role}`,
        'a stronger role includes the weaker ones: give one',
      );
  }
  return Grants.parse(Object.fromEntries(words.map(({ area, role }) => [area, role])));
};

/** For commander: each flag adds a list. */
export const collectRoles = (list: string, before: readonly string[] = []): readonly string[] => [...before, list];
