import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { QueryObserver } from './rest/query.js';

/** 5 ms to 300 s, as the query platform documents them. */
const secondsBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

export interface Metrics extends QueryObserver {
  /** The exposition in Prometheus text format, and its content type. */
  expose(): Promise<{ readonly text: string; readonly contentType: string }>;
  /** A request that was answered; `route` is the pattern, never the path: names of users must not mint series. */
  request(facts: {
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly seconds: number;
  }): void;
  error(code: string): void;
  loop(facts: { readonly loop: string; readonly ok: boolean }): void;
  inFlight(change: 1 | -1): void;
}

const budgetCodes = new Set(['wall_clock_exceeded', 'memory_exceeded', 'object_store_exceeded']);

/** The one registry of a server. */
export const serverMetrics = (version: string): Metrics => {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Gauge({ name: 'ops_build_info', help: 'Always 1.', labelNames: ['version'], registers }).labels(version).set(1);
  const requests = new Histogram({
    name: 'ops_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last byte of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: secondsBuckets,
    registers,
  });
  const inFlight = new Gauge({
    name: 'ops_http_requests_in_flight',
    help: 'Requests without an answer yet.',
    registers,
  });
  const queries = new Counter({
    name: 'kyma_query_requests_total',
    help: 'Queries whose rows were read.',
    registers,
  });
  const querySeconds = new Histogram({
    name: 'kyma_query_duration_seconds',
    help: 'Time from a query to its last row.',
    buckets: secondsBuckets,
    registers,
  });
  const rowsReturned = new Counter({ name: 'kyma_query_rows_returned', help: 'Rows returned.', registers });
  const overBudget = new Counter({
    name: 'kyma_query_budget_exceeded_total',
    help: 'Queries that ended over a budget.',
    labelNames: ['code'],
    registers,
  });
  const errors = new Counter({
    name: 'kyma_http_errors_total',
    help: 'Error answers by code.',
    labelNames: ['code'],
    registers,
  });
  const ingestRows = new Counter({ name: 'kyma_ingest_rows_total', help: 'Rows ingested.', registers });
  const ingestBytes = new Counter({ name: 'kyma_ingest_bytes_total', help: 'Encoded bytes ingested.', registers });
  const ingestSeconds = new Histogram({
    name: 'kyma_ingest_duration_seconds',
    help: 'Time from a request to the durable acknowledgement.',
    buckets: secondsBuckets,
    registers,
  });
  const loopRuns = new Counter({
    name: 'ops_loop_runs_total',
    help: 'Runs of background work by name and outcome.',
    labelNames: ['loop', 'outcome'],
    registers,
  });

  return {
    expose: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
    request: ({ method, route, status, seconds }) => requests.labels(method, route, String(status)).observe(seconds),
    error: (code) => {
      errors.labels(code).inc();
      if (budgetCodes.has(code)) overBudget.labels(code).inc();
    },
    query: ({ seconds, rows }) => {
      queries.inc();
      querySeconds.observe(seconds);
      rowsReturned.inc(rows);
    },
    ingest: ({ seconds, rows, bytes }) => {
      ingestSeconds.observe(seconds);
      ingestRows.inc(rows);
      ingestBytes.inc(bytes);
    },
    loop: ({ loop, ok }) => loopRuns.labels(loop, ok ? 'ok' : 'error').inc(),
    inFlight: (change) => inFlight.inc(change),
  };
};
