namespace MitmWeb.Web.Api;

/// <summary>What the dashboard's frame shows: given by the host.</summary>
public interface IStateSource
{
    /// <summary>Raised when <see cref="Current"/> has changed in a way worth telling.</summary>
    event Action? Changed;

    /// <summary>The state at this moment.</summary>
    StateDto Current { get; }
}
