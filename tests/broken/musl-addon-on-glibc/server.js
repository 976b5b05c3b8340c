require("./addon.node");
require("node:http").createServer((request, answer) => answer.end("ok")).listen(3000);
