// What a Node service does without a launcher: @aws-sdk/client-ssm, taken from the folder in SSM_EXEC_BENCH_NODE,
// then the command. peer.mjs PATH COMMAND
import { createRequire } from "node:module";
import { spawnSync } from "node:child_process";

const { SSMClient, paginateGetParametersByPath } = createRequire(process.env.SSM_EXEC_BENCH_NODE + "/")("@aws-sdk/client-ssm");
const [path, command] = process.argv.slice(2);
const query = { Path: path, Recursive: true, WithDecryption: true };
for await (const page of paginateGetParametersByPath({ client: new SSMClient({}) }, query)) {
  for (const { Name, Value } of page.Parameters) {
    process.env[Name.slice(path.length + 1).toUpperCase()] = Value;
  }
}
process.exit(spawnSync(command, { stdio: "inherit" }).status);
