namespace MitmWeb.Proxy.Tests.Differential;

/// <summary>One exchange over HTTP/2, step by step. <c>{scheme}</c> in a value stands for the connection's own.</summary>
/// <param name="Name">What is special about it.</param>
/// <param name="Request">What the client does.</param>
/// <param name="Response">What the server does; it begins when the request is complete, unless it begins with <see cref="Http2Step.Await"/>.</param>
internal sealed record Http2Case(string Name, Http2Step[] Request, Http2Step[] Response);
