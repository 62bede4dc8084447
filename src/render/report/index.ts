export { type FileReport, fileReports, parseReportFlag, type ReportRequest } from './flag.js';
export { githubAnnotations, githubSummary } from './github.js';
export type { CaseStatus, ReportCase, ReportSuite, VerdictReport } from './model.js';
