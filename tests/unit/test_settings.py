"""Settings: where they come from, what is refused, and that every fault is told at once without its value."""

import base64
from pathlib import Path
from typing import Final

import pytest
from makers import KEY, SECRET

from config.settings import KNOWN_DEFAULTS, PREFIX, Settings, SettingsError

NEEDED: Final = {"SECRET_KEY": SECRET, "ENCRYPTION_KEYS": KEY}


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Begin in an empty folder, with what is needed in the environment and nothing else of ours."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)
        monkeypatch.delenv(f"{PREFIX}{name.upper()}_FILE", raising=False)
    for name, value in NEEDED.items():
        monkeypatch.setenv(PREFIX + name, value)
    return tmp_path


def refused() -> list[str]:
    """Load, and give the lines of what is said."""
    with pytest.raises(SettingsError) as error:
        Settings.load()
    return str(error.value).splitlines()


def test_what_is_needed_is_enough() -> None:
    settings = Settings.load()

    assert settings.database_url == "sqlite:///var/lychgate.db"
    assert settings.sqlite_path == Path("var/lychgate.db")
    assert settings.encryption == [base64.urlsafe_b64decode(KEY)]
    assert settings.trusted_proxies == 0


def test_each_source_overrules_the_one_before_it(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    heard = [Settings.load().public_url]
    (folder / "lychgate.toml").write_text('public_url = "https://toml.example"\n')
    heard.append(Settings.load().public_url)
    monkeypatch.setenv("LYCHGATE_PUBLIC_URL", "https://environment.example")
    heard.append(Settings.load().public_url)
    (folder / "url").write_text("https://file.example\n")
    monkeypatch.setenv("LYCHGATE_PUBLIC_URL_FILE", str(folder / "url"))
    heard.append(Settings.load().public_url)
    heard.append(Settings.load(public_url="https://told.example").public_url)

    assert [url.split("//")[1].split(".")[0] for url in heard] == ["127", "toml", "environment", "file", "told"]


def test_secrets_may_lie_in_files(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    for name, value in NEEDED.items():
        monkeypatch.delenv(PREFIX + name)
        (folder / name).write_text(f"{value}\n")
        monkeypatch.setenv(f"{PREFIX}{name}_FILE", str(folder / name))

    settings = Settings.load()

    assert settings.secret_key.get_secret_value() == SECRET
    assert settings.encryption == [base64.urlsafe_b64decode(KEY)]


def test_a_secret_file_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("LYCHGATE_SECRET_KEY_FILE", str(folder / "missing"))

    assert refused() == [
        "LYCHGATE_SECRET_KEY: the file that LYCHGATE_SECRET_KEY_FILE names cannot be read (No such file or directory)"
    ]


@pytest.mark.parametrize("content", [b"public_url = ", b"\xff\xfe", b'a = "b"\na = "c"'])
def test_a_file_that_is_no_toml_is_told_in_a_sentence(folder: Path, content: bytes) -> None:
    (folder / "lychgate.toml").write_bytes(content)

    (said,) = refused()
    assert said.startswith("lychgate.toml")
    assert said.endswith(".")


def test_an_unknown_name_in_the_file_is_a_fault(folder: Path) -> None:
    (folder / "lychgate.toml").write_text('pubilc_url = "https://a.example"\n')

    assert refused() == ["LYCHGATE_PUBILC_URL: There is no such setting; did you mean LYCHGATE_PUBLIC_URL?"]


def test_all_faults_are_told_together_and_no_value_is(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {
        "DATABASE_URL": "mysql://u:hunter2@db/x",
        "BROKER_URL": "amqp://u:hunter2@mq",
        "SECRET_KEY": "hunter2",
        "ENCRYPTION_KEYS": "hunter2,hunter2",
        "PUBLIC_URL": "hunter2.example",
        "TRUSTED_PROXIES": "-1",
        "LOG_LEVEL": "hunter2",
        "RATE_LIMITS": "hunter2",
        "THREADS": "0",
    }
    for name, value in wrong.items():
        monkeypatch.setenv(PREFIX + name, value)

    said = refused()

    assert [line.split(":")[0] for line in said] == [PREFIX + name for name in wrong]
    assert "hunter2" not in "\n".join(said)


def test_what_is_needed_is_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NEEDED:
        monkeypatch.delenv(PREFIX + name)

    told = ["LYCHGATE_SECRET_KEY: is required", "LYCHGATE_ENCRYPTION_KEYS: is required"]
    assert [line.partition(".")[0] for line in refused()] == told


@pytest.mark.parametrize("secret", [*sorted(KNOWN_DEFAULTS), "SECRET", "a" * 64, "ab" * 32, "short but odd: 7%x", ""])
def test_a_known_or_weak_secret_is_refused(monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    monkeypatch.setenv("LYCHGATE_SECRET_KEY", secret)

    (said,) = refused()
    assert "secrets.token_urlsafe(32)" in said


WEAK: Final = [
    "",
    ",",
    "x",
    base64.urlsafe_b64encode(bytes(32)).decode(),
    base64.urlsafe_b64encode(bytes(range(31))).decode(),
    base64.urlsafe_b64encode(bytes(range(33))).decode(),
    f"{KEY},{base64.urlsafe_b64encode(b'a' * 32).decode()}",
]


@pytest.mark.parametrize("keys", WEAK, ids=range(len(WEAK)))
def test_an_encryption_key_is_thirty_two_random_bytes(monkeypatch: pytest.MonkeyPatch, keys: str) -> None:
    monkeypatch.setenv("LYCHGATE_ENCRYPTION_KEYS", keys)

    (said,) = refused()
    assert said.startswith("LYCHGATE_ENCRYPTION_KEYS: ")


def test_the_first_of_several_keys_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    newer = base64.urlsafe_b64encode(bytes(range(32))).decode().rstrip("=")
    monkeypatch.setenv("LYCHGATE_ENCRYPTION_KEYS", f" {newer} , {KEY} ")

    assert Settings.load().encryption == [bytes(range(32)), base64.urlsafe_b64decode(KEY)]


def test_settings_show_no_secret_and_do_not_change() -> None:
    settings = Settings.load(metrics_token="a token of its own")

    for secret in (SECRET, KEY, "a token of its own"):
        assert secret not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    with pytest.raises(ValueError, match="frozen"):
        settings.log_level = "debug"


def test_an_address_is_kept_without_its_slash() -> None:
    assert Settings.load(public_url="https://lychgate.example/").public_url == "https://lychgate.example"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("LYCHGATE_DATABSE_URL", "LYCHGATE_DATABASE_URL"),
        ("LYCHGATE_SECRETKEY_FILE", "LYCHGATE_SECRET_KEY_FILE"),
        ("LYCHGATE_ENCRYPTION_KEY", "LYCHGATE_ENCRYPTION_KEYS"),
    ],
)
def test_a_variable_that_is_no_setting_is_a_fault(monkeypatch: pytest.MonkeyPatch, name: str, meant: str) -> None:
    monkeypatch.setenv(name, "hunter2")

    assert refused() == [f"{name}: There is no such setting; did you mean {meant}?"]


def test_an_unknown_variable_is_told_beside_the_other_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LYCHGATE_XYZZY", "hunter2")
    monkeypatch.setenv("LYCHGATE_THREADS", "0")

    threads, unknown = refused()

    assert threads.startswith("LYCHGATE_THREADS: ")
    assert unknown == "LYCHGATE_XYZZY: There is no such setting."


OTHERS: Final = {
    "LYCHGATE_DATA": "elsewhere",
    "LYCHGATE_TEST_SERVERS": "own",
    "LYCHGATE_SERVICE_HOST": "10.0.0.7",
    "LYCHGATE_SERVICE_PORT_HTTP": "8080",
    "LYCHGATE_PORT": "tcp://10.0.0.7:8080",
    "LYCHGATE_WEB_PORT_8080_TCP_ADDR": "10.0.0.7",
}
"""Where commands look, what tests run against, and what Kubernetes tells every container of a service of our name."""


def test_variables_of_others_are_no_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in OTHERS.items():
        monkeypatch.setenv(name, value)

    assert Settings.load().threads == 128


def test_a_port_that_is_a_number_is_not_taken_for_one_of_those(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LYCHGATE_PORT", "8080")

    assert refused() == ["LYCHGATE_PORT: There is no such setting."]
