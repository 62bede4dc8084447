import { z } from 'zod';
import type { Owner } from './paths.js';
import type { AnswerSpec, Route } from './route.js';

type Json = Readonly<Record<string, unknown>>;

/** A schema as OpenAPI 3.1 has it: JSON Schema 2020-12. `input` is what may be sent, `output` what is answered. */
const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
};

const parametersOf = (place: 'path' | 'query' | 'header', schema: z.ZodObject | undefined): readonly Json[] =>
  Object.entries(schema?.shape ?? {}).map(([name, field]) => {
    const { description, required, ...rest } = schemaOf(field, 'input');
    return {
      name,
      in: place,
      // Where the platform has an error of its own for what is missing, the schema lets it pass and says so.
      required: place === 'path' || required === true || !field.safeParse(undefined).success,
      ...(description !== undefined && { description }),
      schema: rest,
    };
  });

const contentOf = ({ content }: AnswerSpec): Json | undefined =>
  content && { [content.type]: content.schema ? { schema: schemaOf(content.schema, 'output') } : {} };

const answersOf = (answers: Route['answers']): Json =>
  Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => [
      status,
      {
        description: answer.description,
        ...(answer.headers && {
          headers: Object.fromEntries(
            Object.entries(answer.headers).map(([name, description]) => [
              name,
              { description, schema: { type: 'string' } },
            ]),
          ),
        }),
        ...(answer.content && { content: contentOf(answer) }),
      },
    ]),
  );

const bodyOf = (body: Route['body']): Json => {
  if (!body || body.kind === 'none') return {};
  if (body.kind === 'json')
    return {
      requestBody: {
        required: body.optional !== true,
        content: { 'application/json': { schema: schemaOf(body.schema, 'input') } },
      },
    };
  return {
    requestBody: {
      required: true,
      content: Object.fromEntries(body.contentTypes.map((type) => [type, { schema: { type: 'string' } }])),
    },
  };
};

const securityOf = ({ demand, owner }: Route): Json =>
  demand === 'open' ? { security: [] } : { security: [{ [owner === 'query' ? 'token' : 'opsToken']: [] }] };

const operationOf = (route: Route): Json => ({
  summary: route.summary,
  operationId: `${route.method.toLowerCase()}${route.path.replace(/[^A-Za-z0-9]+(.)?/g, (_, next?: string) => (next ?? '').toUpperCase())}`,
  parameters: [
    ...parametersOf('path', route.params),
    ...parametersOf('query', route.query),
    ...parametersOf('header', route.headers),
  ],
  ...bodyOf(route.body),
  responses: answersOf(route.answers),
  ...securityOf(route),
});

/** The OpenAPI 3.1 document of the routes of these owners, made from the schemas that validate the requests. */
export const openApiDocument = (
  routes: readonly Route[],
  { owners, title, version }: { readonly owners: readonly Owner[]; readonly title: string; readonly version: string },
): Json => {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes.filter(({ owner }) => owners.includes(owner))) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title, version },
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'A token of KYMA_AUTH_TOKENS, or an ops token.' },
        opsToken: { type: 'http', scheme: 'bearer', description: 'An ops token, or a session of /ops/v1/auth/login.' },
      },
    },
  };
};
