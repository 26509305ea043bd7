using MitmWeb.Web.Cli;

return await MitmWebCommand.RunAsync(args);
