"""What is printed is no use; what is called so that its answer is printed is one."""

import pytest

from banjia.scan.file import scan_file
from banjia.scan.tree import settled

ADDRESS = "https://api.openai.com/v1/chat/completions"
CALLED = [
    ("a.py", 'print(ask("{}", body))'),
    ("a.py", 'print(requests.post("{}", json=body).json()["id"])'),
    ("a.py", 'logging.info("got %s", ask("{}"))'),
    ("a.py", "print(f\"got {{ask('{}')}}\")"),
    ("a.ts", 'console.log(await ask("{}", body));'),
    ("a.ts", 'console.log(`got ${{await ask("{}")}}`);'),
    ("a.js", 'console.log((await fetch("{}", {{method: "POST"}})).status);'),
    ("A.java", 'class A {{ void f() {{ System.out.println(ask("{}", body)); }} }}'),
    ("A.java", 'class A {{ void f() {{ log.info("x {{}}", String.format("%s", ask("{}"))); }} }}'),
    ("a.kt", 'fun main() {{ println(ask("{}", body)) }}'),
    ("a.go", 'package main\nfunc main() {{ fmt.Println(ask("{}", body)) }}'),
    ("a.cs", 'class A {{ void F() {{ Console.WriteLine(await http.PostAsync("{}", body)); }} }}'),
    ("a.cs", 'class A {{ void F() {{ Console.WriteLine($"x {{Ask("{}")}}"); }} }}'),
    ("a.php", '<?php\necho ask("{}", $body);'),
    ("a.php", '<?php\nprint(ask("{}"));'),
    ("a.rb", 'puts ask("{}", body)'),
    ("a.rb", 'logger.info(ask("{}"))'),
    ("a.rs", 'fn main() {{ println!("{{}}", ask("{}", body)); }}'),
]
PRINTED = [
    ("a.py", 'print("{}")'),
    ("a.py", 'print("to {{}}".format("{}"))'),
    ("a.py", 'logger.warning("to %s", "{}")'),
    ("a.py", 'print(colored("{}", "red"), style.bold("{}"))'),
    ("a.ts", 'console.log(chalk.blue("{}"));'),
    ("a.ts", 'console.error(new Error("{}"));'),
    ("A.java", 'class A {{ void f() {{ log.info(String.format("to %s", "{}")); }} }}'),
    ("a.kt", 'fun main() {{ println("{}") }}'),
    ("a.go", 'package main\nfunc main() {{ log.Printf("%s", fmt.Sprintf("to %s", "{}")) }}'),
    ("a.cs", 'class A {{ void F() {{ Console.WriteLine(string.Format("to {{0}}", "{}")); }} }}'),
    ("a.php", '<?php\necho "{}";'),
    ("a.php", '<?php\necho sprintf("to %s", "{}");\nprint("{}");'),
    ("a.rb", 'puts format("to %s", "{}")'),
    ("a.rs", 'fn main() {{ println!("{{}}", format!("to {{}}", "{}")); }}'),
]


def kinds(file, text):
    return [finding.kind for finding in settled({file: scan_file(file, text)}, [file])]


@pytest.mark.parametrize(("file", "text"), CALLED)
def test_a_call_inside_what_is_printed_is_a_use(file, text):
    assert ["http"] == kinds(file, text.format(ADDRESS))


@pytest.mark.parametrize(("file", "text"), PRINTED)
def test_an_address_that_is_printed_is_none(file, text):
    assert [] == kinds(file, text.format(ADDRESS, ADDRESS))


def test_a_client_that_is_asked_for_what_is_printed_sends_data():
    text = "from openai import OpenAI\nclient = OpenAI()\nprint(client.chat.completions.create(model=m, messages=[]))\n"
    assert ["import", "client", "call"] == kinds("a.py", text)


def test_a_setting_that_is_only_shown_is_not_read_by_what_prints_it():
    assert [] == kinds("a.py", 'import os\nprint(os.getenv("OPENAI_BASE_URL"))\n')


def test_what_a_macro_calls_has_its_arguments():
    text = 'fn main() {\n    info!("{} {}", first(second("https://api.openai.com/v1/models")), 1);\n}\n'
    assert ["http"] == kinds("a.rs", text)
