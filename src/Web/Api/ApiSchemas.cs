using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using MitmWeb.Web.Hubs;

namespace MitmWeb.Web.Api;

/// <summary>Says in the OpenAPI document what the serializer does but .NET does not see, so that types for clients can be made from it.</summary>
internal static class ApiSchemas
{
    /// <summary>What passes over the hub, which OpenAPI has no place for but among the schemas.</summary>
    private static readonly Type[] HubMessages = [typeof(OpenRequest), typeof(OpenAnswer), typeof(WindowRequest), typeof(ViewDto), typeof(OutlineRequest), typeof(OutlineDto)];

    public static Task Describe(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        if (type == typeof(DateTimeOffset))
        {
            (schema.Type, schema.Format) = (JsonSchemaType.String, "date-time");
        }

        if (type == typeof(DateTimeOffset?))
        {
            (schema.Type, schema.Format) = (JsonSchemaType.String | JsonSchemaType.Null, "date-time");
        }

        // The serializer leaves nothing out.
        if (type.Assembly == typeof(ApiSchemas).Assembly && schema.Properties is { Count: > 0 } properties)
        {
            schema.Required = properties.Keys.ToHashSet(StringComparer.Ordinal);
        }

        // Names and values of headers.
        if (type == typeof(string[][]) && schema.Items is OpenApiSchema pair)
        {
            (pair.MinItems, pair.MaxItems) = (2, 2);
        }

        if (context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(AllowedValuesAttribute), inherit: true) is [AllowedValuesAttribute allowed])
        {
            schema.Enum = [.. allowed.Values.Select(value => (JsonNode)JsonValue.Create((string)value!))];
        }

        return Task.CompletedTask;
    }

    public static async Task AddHubMessages(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var type in HubMessages)
        {
            document.AddComponent<IOpenApiSchema>(type.Name, await context.GetOrCreateSchemaAsync(type, null, cancellationToken));
        }
    }
}
