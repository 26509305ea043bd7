namespace MitmWeb.Web.Api;

/// <summary>What becomes of the notes of several flows.</summary>
/// <param name="Selection">Which flows.</param>
/// <param name="Change">What becomes of their notes.</param>
public sealed record AnnotateRequest(FlowSelection? Selection, NotesChange? Change);
