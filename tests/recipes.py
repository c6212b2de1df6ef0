"""The recipes of the publishers' guide that verify an event, each run in its own language, where that is installed."""

import json
import re
import shutil
import subprocess
import sys
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

GUIDE: Final = Path(__file__).parents[1] / "docs" / "guide" / "publishers.md"
BLOCK: Final = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECONDS: Final = 240
"""Go compiles what it comes with first."""


@dataclass(frozen=True)
class Case:
    """What reached a receiver that knows this secret."""

    secret: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Recipe:
    """How a recipe is asked: the file that it is, what stands before it, and a program over it."""

    command: tuple[str, ...]
    file: str
    before: str
    files: Mapping[str, str]

    def is_here(self) -> bool:
        """Say whether its language is installed."""
        return shutil.which(self.command[0]) is not None

    def verdicts(self, code: str, cases: Sequence[Case], folder: Path) -> list[bool]:
        """Say of each case whether the recipe takes it for ours."""
        told = [{"secret": c.secret, "headers": c.headers, "body": b64encode(c.body).decode()} for c in cases]
        (folder / "cases.json").write_text(json.dumps(told))
        for name, content in {**self.files, self.file: self.before + code}.items():
            (folder / name).write_text(content)
        ran = subprocess.run(self.command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        found: list[bool] = json.loads(ran.stdout)
        return found


PYTHON: Final = """\
import json
from base64 import b64decode
from verify import verify
cases = json.load(open("cases.json"))
print(json.dumps([verify(each["secret"], each["headers"], b64decode(each["body"])) for each in cases]))
"""
NODE: Final = """\
import { readFileSync } from "node:fs";
import { verify } from "./verify.mjs";
const cases = JSON.parse(readFileSync("cases.json"));
console.log(JSON.stringify(cases.map((each) => verify(each.secret, each.headers, Buffer.from(each.body, "base64")))));
"""
PHP: Final = """\
<?php
error_reporting(E_ALL);
require 'verify.php';
$cases = json_decode(file_get_contents('cases.json'), true);
$ask = fn($each) => verify($each['secret'], $each['headers'], base64_decode($each['body']));
echo json_encode(array_map($ask, $cases));
"""
GO: Final = """\
package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
)

func main() {
	var cases []struct {
		Secret  string
		Headers map[string]string
		Body    string
	}
	content, _ := os.ReadFile("cases.json")
	if err := json.Unmarshal(content, &cases); err != nil {
		panic(err)
	}
	found := []bool{}
	for _, each := range cases {
		headers := http.Header{}
		for name, value := range each.Headers {
			headers.Set(name, value)
		}
		body, _ := base64.StdEncoding.DecodeString(each.Body)
		found = append(found, verify(each.Secret, headers, body))
	}
	written, _ := json.Marshal(found)
	fmt.Println(string(written))
}
"""
RUBY: Final = """\
require "json"
require_relative "verify"
cases = JSON.parse(File.read("cases.json"))
puts JSON.generate(cases.map { |each| verify(each["secret"], each["headers"], each["body"].unpack1("m")) })
"""
MODULE: Final = "module recipe\n\ngo 1.19\n"
RECIPES: Final = {
    "python": Recipe((sys.executable, "-W", "error", "ask.py"), "verify.py", "", {"ask.py": PYTHON}),
    "js": Recipe(("node", "ask.mjs"), "verify.mjs", "", {"ask.mjs": NODE}),
    "php": Recipe(("php", "ask.php"), "verify.php", "<?php\n", {"ask.php": PHP}),
    "go": Recipe(("go", "run", "."), "verify.go", "package main\n\n", {"ask.go": GO, "go.mod": MODULE}),
    "ruby": Recipe(("ruby", "-w", "ask.rb"), "verify.rb", "", {"ask.rb": RUBY}),
}
"""By the word that marks a block."""


def code_of(language: str) -> str:
    """Give the first block of a language in the guide."""
    return next(body for marked, body in BLOCK.findall(GUIDE.read_text(encoding="utf-8")) if marked == language)
