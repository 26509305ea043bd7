module mitmweb/load

go 1.19
