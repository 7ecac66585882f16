"""A path that a program serves or compares with what came in is no use; the same path sent to is one."""

import pytest

from banjia.scan.file import scan_file
from banjia.scan.tree import settled

SERVED = [
    ("a.py", '@router.post("/v1/chat/completions")\nasync def chat(): ...\n'),
    ("a.py", '@v1.post("/chat/completions")\nasync def chat(): ...\n'),
    ("a.py", '@bp.route("/v1/chat/completions", methods=["POST"])\ndef chat(): ...\n'),
    ("a.py", 'api = FastAPI()\napi.post("/v1/chat/completions")(chat)\n'),
    ("a.py", 'app.router.add_post("/v1/chat/completions", chat)\n'),
    ("a.py", 'app.add_api_route("/v1/chat/completions", chat)\n'),
    ("a.py", 'routes = [Route("/v1/chat/completions", chat)]\n'),
    ("a.py", 'urlpatterns = [path("v1/chat/completions", chat)]\n'),
    ("a.py", 'if request.url.path == "/v1/chat/completions":\n    pass\n'),
    ("a.ts", 'app.post("/v1/chat/completions", async (req, res) => {});\n'),
    ("a.ts", 'const api = express();\napi.post("/v1/chat/completions", chat);\n'),
    ("a.ts", 'api.post("/v1/chat/completions", (c) => c.json({}));\n'),
    ("a.ts", 'fastify.route({ method: "POST", url: "/v1/chat/completions", handler });\n'),
    ("a.ts", 'router.route("/v1/chat/completions").post(chat);\n'),
    ("a.ts", 'class C {\n  @Post("/v1/chat/completions")\n  chat() {}\n}\n'),
    ("a.ts", 'if (req.url === "/v1/chat/completions") {\n}\n'),
    ("A.java", 'class A {\n  @PostMapping("/v1/chat/completions")\n  void chat() {}\n}\n'),
    ("A.java", 'class A {\n  @RequestMapping(path = {"/v1/chat/completions"})\n  void chat() {}\n}\n'),
    ("a.go", 'package a\n\nfunc main() {\n\tr.POST("/v1/chat/completions", chat)\n}\n'),
    ("a.go", 'package a\n\nfunc main() {\n\thttp.HandleFunc("/v1/chat/completions", chat)\n}\n'),
    ("a.rs", 'fn main() {\n    let app = Router::new().route("/v1/chat/completions", post(chat));\n}\n'),
    ("a.rs", '#[post("/v1/chat/completions")]\nasync fn chat() {}\n'),
    ("A.cs", 'class A {\n  void M() { app.MapPost("/v1/chat/completions", Chat); }\n}\n'),
    ("A.cs", 'class A {\n  [HttpPost("v1/chat/completions")]\n  public string Chat() { return x; }\n}\n'),
    ("a.php", "<?php\nRoute::post('/v1/chat/completions', [Chat::class, 'run']);\n"),
]
SENT = [
    ("a.py", 'requests.post(base + "/v1/chat/completions", json=body)\n', 1),
    ("a.py", 'client.post("/v1/chat/completions", json=body)\n', 1),
    ("a.py", '@app.post("/ask")\ndef ask():\n    return httpx.post(f"{base}/v1/chat/completions")\n', 3),
    ("a.ts", 'api.post("/v1/chat/completions", body);\n', 1),
    ("a.ts", 'app.post("/ask", async (req) => {\n  await fetch(base + "/v1/chat/completions");\n});\n', 2),
    ("A.java", 'interface A {\n  @POST("v1/chat/completions")\n  Call<B> chat(@Body B b);\n}\n', 2),
    ("A.java", '@FeignClient\ninterface A {\n  @PostMapping("/v1/chat/completions")\n  B chat(B b);\n}\n', 3),
    ("a.go", 'package a\n\nfunc f() {\n\thttp.Post(base+"/v1/chat/completions", kind, body)\n}\n', 4),
    ("a.rs", 'fn f() {\n    client.post(format!("{}/v1/chat/completions", base)).send();\n}\n', 2),
    ("A.cs", 'class A {\n  void M() { client.PostAsync(b + "/v1/chat/completions", c); }\n}\n', 2),
    ("a.php", "<?php\n$client->post('/v1/chat/completions', ['json' => $b]);\n", 2),
]


@pytest.mark.parametrize(("file", "code"), SERVED)
def test_a_route_of_a_server_is_no_use(file, code):
    assert [] == settled({file: scan_file(file, code)})


@pytest.mark.parametrize(("file", "code", "line"), SENT)
def test_a_path_that_is_sent_to_is_a_use(file, code, line):
    assert [(line, "http")] == [(found.line, found.kind) for found in settled({file: scan_file(file, code)})]
