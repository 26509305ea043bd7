using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using MitmWeb.Web.Hubs;

namespace MitmWeb.Web.Api;

/// <summary>The serializers of what the API sends, made at build time.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(StateDto))]
[JsonSerializable(typeof(FlowListDto))]
[JsonSerializable(typeof(FilterDto))]
[JsonSerializable(typeof(FilterHelpDto[]))]
[JsonSerializable(typeof(FlowDetailDto))]
[JsonSerializable(typeof(AuditDto))]
[JsonSerializable(typeof(PassHostRequest))]
[JsonSerializable(typeof(NotesChange))]
[JsonSerializable(typeof(AnnotateRequest))]
[JsonSerializable(typeof(FlowSelection))]
[JsonSerializable(typeof(FlowCountDto))]
[JsonSerializable(typeof(DeletionDto[]))]
[JsonSerializable(typeof(SavedFiltersDto))]
[JsonSerializable(typeof(SaveViewRequest))]
[JsonSerializable(typeof(HighlightsRequest))]
[JsonSerializable(typeof(FlowIdsRequest))]
[JsonSerializable(typeof(FlowColorsDto))]
[JsonSerializable(typeof(BodyIndexRequest))]
[JsonSerializable(typeof(BodyIndexDto))]
[JsonSerializable(typeof(SqlSchemaDto))]
[JsonSerializable(typeof(SqlRequest))]
[JsonSerializable(typeof(SqlFileRequest))]
[JsonSerializable(typeof(SqlAnswerDto))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(SessionDto))]
[JsonSerializable(typeof(SessionListDto))]
[JsonSerializable(typeof(SessionRequest))]
[JsonSerializable(typeof(MergeRequest))]
[JsonSerializable(typeof(RetentionDto))]
[JsonSerializable(typeof(RetentionRequest))]
[JsonSerializable(typeof(ProblemDetails))]
[JsonSerializable(typeof(OpenRequest))]
[JsonSerializable(typeof(OpenAnswer))]
[JsonSerializable(typeof(WindowRequest))]
[JsonSerializable(typeof(ViewDto))]
[JsonSerializable(typeof(OutlineRequest))]
[JsonSerializable(typeof(OutlineDto))]
[JsonSerializable(typeof(long?))]
internal sealed partial class ApiJson : JsonSerializerContext;
