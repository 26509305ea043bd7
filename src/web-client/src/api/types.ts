// The API contract (docs/api.md) by the names that the dashboard uses. The types themselves come from the OpenAPI document.
import type {
  AuditDto,
  AuditFindingDto,
  BodyIndexDto,
  BodyRowsDto,
  BodySearchDto,
  CertificateDto,
  ClientConnectionDto,
  ClientHelloDto,
  DeletionDto,
  FilterCompletionDto,
  FilterDto,
  FilterErrorDto,
  FilterHelpDto,
  FlowDetailDto,
  FlowErrorDto,
  FlowListDto,
  FlowRowDto,
  FlowSummaryDto,
  HighlightDto,
  HostAuditDto,
  HstsAuditDto,
  InterimDto,
  ListenerDto,
  OutlineDto,
  PassedHostDto,
  RecordingDto,
  RejectionDto,
  RequestDto,
  ResponseDto,
  RetentionDto,
  RetentionRequest,
  SavedFiltersDto,
  SavedViewDto,
  ServerConnectionDto,
  ServerHelloDto,
  SessionDto,
  SessionJobDto,
  SessionListDto,
  SqlAnswerDto,
  SqlSchemaDto,
  StateDto,
  StoredSessionDto,
  TimingPointsDto,
  TimingsDto,
  TlsDto,
  TlsExtensionDto,
  TlsUseDto,
  TlsValueDto,
  VerificationDto,
  ViewDto,
} from './schema';

export type {
  FlowSelection,
  NotesChange,
  OpenAnswer,
  OpenRequest,
  ProblemDetails,
  SqlFileRequest,
  SqlRequest,
  WindowRequest,
} from './schema';

export type BodyIndex = BodyIndexDto;
export type Recording = RecordingDto;
export type SqlAnswer = SqlAnswerDto;
export type SqlSchema = SqlSchemaDto;
export type FilterInfo = FilterDto;
export type FilterError = FilterErrorDto;
export type FilterCompletion = FilterCompletionDto;
export type FilterHelpLine = FilterHelpDto;
export type SavedFilters = SavedFiltersDto;
export type SavedView = SavedViewDto;
export type Highlight = HighlightDto;
export type Deletion = DeletionDto;
export type FlowRow = FlowRowDto;
export type FlowSummary = FlowSummaryDto;
/** What has changed in the outline of the session, as the hub tells it. */
export type OutlineMessage = OutlineDto;
export type OutlineEntry = OutlineMessage['lists'][number]['entries'][number];
export type FlowKind = FlowRow['kind'];
export type FlowState = FlowRow['state'];
export type FlowDetail = FlowDetailDto;
export type FlowPage = FlowListDto;
export type RequestMessage = RequestDto;
export type InterimResponse = InterimDto;
export type ResponseMessage = ResponseDto;
export type Header = RequestMessage['headers'][number];
export type Timings = TimingsDto;
export type TimingPoint = keyof TimingPointsDto;
export type ErrorDetail = FlowErrorDto;
export type Certificate = CertificateDto;
export type Tls = TlsDto;
export type ClientHello = ClientHelloDto;
export type ServerHello = ServerHelloDto;
export type TlsExtension = TlsExtensionDto;
export type TlsValue = TlsValueDto;
export type Verification = VerificationDto;
export type ClientConnection = ClientConnectionDto;
export type ServerConnection = ServerConnectionDto;
export type Listener = ListenerDto;
export type PassedHost = PassedHostDto;
export type Rejection = RejectionDto;
export type ProxyState = StateDto;
export type SessionInfo = SessionDto;
export type SessionList = SessionListDto;
export type StoredSession = StoredSessionDto;
export type SessionJob = SessionJobDto;
export type Retention = RetentionDto;
export type RetentionLimits = RetentionRequest;
/** How a tab's view is now, as the hub tells it. */
export type ViewMessage = ViewDto;
export type Audit = AuditDto;
export type HostAudit = HostAuditDto;
export type Grade = NonNullable<HostAudit['grade']>;
export type Finding = AuditFindingDto;
export type Severity = Finding['severity'];
export type HstsAudit = HstsAuditDto;
export type TlsUse = TlsUseDto;

/** Which message of a flow; also a part of the addresses of its bodies. */
export type Side = 'request' | 'response';

/** Which connection of a flow; also a part of the address of its certificates. */
export type ConnectionSide = 'client' | 'server';
export type BodyRows = BodyRowsDto;
export type BodyFound = BodySearchDto;
export type BodyMatch = BodySearchDto['matches'][number];
