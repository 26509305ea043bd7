namespace MitmWeb.Web.Cli;

/// <summary>A switch with a value: the command line's library takes nothing but true and false for an option that is a <see cref="bool"/>.</summary>
internal enum OnOff
{
    On,
    Off,
}
