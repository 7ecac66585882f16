"""A program is looked into wherever it might use a service, and nowhere else."""

import pytest

from banjia.scan.spoken import speaks
from banjia.scan.syntax.parse import parsed


def looked_into(text, language="python"):
    return speaks(parsed(text, language), text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", "# openai, gpt-4o, OPENAI_API_KEY\nx = 1\n"),
        ("python", '"""Like openai\'s, for api.openai.com."""\nx = 1\n'),
        ("python", "openai = 1\n"),  # a name that no import gives
        ("python", 'agent = "Gecko/20100101"\n'),
        ("python", "embedded = 0.15360, 115364\n"),
        ("javascript", "// https://api.openai.com/v1\n/* gpt-4o */\nlet x = 1;\n"),
    ],
)
def test_comments_and_likenesses_are_left_in_peace(language, text):
    assert not looked_into(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", "import openai\n"),
        ("python", "from google import (\n    genai,\n)\n"),
        ("python", 'importlib.import_module("openai")\n'),
        ("python", 'os.environ["OPENAI_API_KEY"]\n'),
        ("python", 'os.environ["OPENAI" + "_API_KEY"]\n'),
        ("python", 'name = f"{kind}_openai_api_key"\n'),
        ("python", 'model = "gpt-4o"\n'),
        ("python", 'if model.startswith("claude"):\n    pass\n'),
        ("python", 'post(BASE + "/chat/completions%s" % version)\n'),
        ("javascript", 'fetch("https://api.openai.com/v1/chat/completions")\n'),
        ("ruby", "Gemini.new(credentials: {})\n# gemini\n"),
    ],
)
def test_whatever_might_be_a_use_is_looked_into(language, text):
    assert looked_into(text, language)
