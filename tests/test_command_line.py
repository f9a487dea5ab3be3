import json
import re
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from workspace import Workspace

from gpu_kedro.command_line import main, render_card


@pytest.fixture
def ask(trained: Workspace, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GPU_KEDRO_DATA_DIR", str(trained.data))

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, list(arguments))

    return run


def test_predict_prints_a_card_with_units_and_intervals(ask):
    done = ask("predict", "RTX 4070 Laptop")
    assert done.exit_code == 0
    for words in ("GeForce RTX 4070 Mobile", "points", "W (", "$", "90 %:", "Mobile", "observations of 2022"):
        assert words in done.output


def test_predict_as_json_is_the_answer_of_the_api(ask):
    answer = json.loads(ask("predict", "RX 6600", "--tdp-w", "132", "--json").output)
    assert answer["match"]["spec"] == "Radeon RX 6600"
    assert set(answer) >= {"segment", "g3d_mark", "price_usd", "tdp_w", "warnings", "model_version"}


@pytest.fixture
def prices(tmp_path: Path) -> Path:
    path = tmp_path / "prices.csv"
    path.write_text("name,price,date\nRTX 3060,$210,2026-03\nRX 6600,150 €,2026-03\nRTX 4070,3800000,2026-03\n")
    return path


def test_predict_tells_the_price_of_a_market(ask, prices: Path):
    done = ask("predict", "RTX 3070", "--market", str(prices), "--as-of", "2026-03", "--condition", "used")
    assert done.exit_code == 0, done.output
    assert "US dollars of 2026-03, used: 1 observation up to 2026-03" in done.output
    assert "row 3: price_usd: in another currency than US dollars" in done.output
    assert "row 4: price_usd: not between 1 and 1,000,000" in done.output
    done = ask("predict", "RTX 3070", "--market", str(prices), "--rate", "eur=1.1")
    assert "2 observations up to 2026-03" in done.output


def test_score_puts_the_prices_of_a_market_beside_each_gpu(ask, prices: Path, tmp_path: Path):
    (tmp_path / "gpus.csv").write_text("name\nRTX 3070\n")
    done = ask("score", str(tmp_path / "gpus.csv"), str(tmp_path / "scored.csv"), "--market", str(prices))
    assert done.exit_code == 0, done.output
    (row,) = pd.read_csv(tmp_path / "scored.csv").to_dict("records")
    assert (row["price_usd_as_of"], row["price_usd_basis"]) == ("2026-03", "1 observation up to 2026-03")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--as-of", "soon"), "not a date; write 2026-03-06"),
        (("--rate", "EUR"), "write EUR=1.08"),
        (("--rate", "XYZ=2"), "no currency 'XYZ'"),
        (("--explain",), "the price of 2022 is explained"),
    ],
)
def test_a_market_that_cannot_be_taken_is_told(ask, prices: Path, options: tuple[str, ...], told: str):
    done = ask("predict", "RTX 3070", "--market", str(prices), *options)
    assert done.exit_code != 0
    assert told in done.output


@pytest.mark.parametrize(
    ("options", "told"),
    [(("--rate", "EUR"), "write EUR=1.08"), (("--rate", "EUR=1.08"), "name that too")],
)
def test_a_rate_without_a_market_is_told(ask, options: tuple[str, ...], told: str):
    done = ask("predict", "RTX 3070", *options)
    assert (done.exit_code, told in done.output) == (2, True)


def test_explain_prints_what_adds_up_to_each_answer(ask):
    done = ask("predict", "GeForce RTX 3070", "--explain")
    assert done.exit_code == 0, done.output
    for words in ("why 3D performance", "why price", "why power", "why Desktop", "a typical GPU", "memory_size_gb 8"):
        assert words in done.output
    table = done.output.split("why power")[1].split("\n\n")[0]
    amounts = [int(number) for number in re.findall(r"([+-]?\d+) W", table.replace("−", "-"))]
    typical, *added, together = amounts
    # each line is rounded to a watt
    assert typical + sum(added) == pytest.approx(together, abs=len(amounts) / 2)
    assert "why" not in ask("predict", "GeForce RTX 3070").output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("predict", "RX 6600", "--tdp-w", "-5"), "--tdp-w"),
        (("predict", "RX 6600", "--tdp-w", "nan"), "--tdp-w"),
        (("predict", "RX 6600", "--price-usd", "inf"), "--price-usd"),
        (("predict", "RX 6600", "--g3d-mark", "1e300"), "--g3d-mark"),
        (("predict", "RX 6600", "--g2d-mark", "0"), "--g2d-mark"),
        (("predict", "RX 6600", "--test-year", "3000"), "--test-year"),
        (("predict", "RX 6600", "--tdp-w", "much"), "--tdp-w"),
        (("predict", ""), "NAME"),
        (("predict", " "), "NAME"),
        (("predict", "RX\t6600"), "NAME"),
        (("predict", "R" * 301), "NAME"),
        (("predict",), "NAME"),
        (("score", "no-such-file.csv", "out.csv"), "no-such-file.csv"),
    ],
)
def test_wrong_arguments_are_named(ask, arguments: tuple[str, ...], words: str):
    done = ask(*arguments)
    assert done.exit_code == 2
    assert words in done.output


def test_without_a_bundle_one_line_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GPU_KEDRO_DATA_DIR", str(tmp_path))
    done = CliRunner().invoke(main, ["predict", "RX 6600"])
    assert done.exit_code == 1
    assert "kedro run" in done.output
    assert len(done.output.strip().splitlines()) == 1


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_score_keeps_the_columns_and_adds_answers(ask, tmp_path: Path, ending: str):
    queries = pd.DataFrame(
        {"name": ["RTX 3070", None, "rx 6600"], "shelf": ["007", "b", "NA"], "tdp_w": [None, 75, 132.0]}
    )
    source, result = tmp_path / f"in.{ending}", tmp_path / f"out.{ending}"
    getattr(queries, "to_csv" if ending == "csv" else "to_parquet")(source, index=False)
    done = ask("score", str(source), str(result))
    assert done.exit_code == 0, done.output
    assert "2 of 3 GPUs" in done.output
    scored = pd.read_parquet(result) if ending == "parquet" else pd.read_csv(result, dtype={"shelf": str}, na_values="")
    if ending == "csv":
        assert [line.split(",")[1] for line in result.read_text().splitlines()[1:]] == ["007", "b", "NA"]
    else:
        assert scored["shelf"].tolist() == ["007", "b", "NA"]
    assert scored["match_spec"].tolist()[::2] == ["GeForce RTX 3070", "Radeon RX 6600"]
    assert (scored["g3d_mark_low_90"] < scored["g3d_mark_high_90"]).tolist() == [True, False, True]
    assert scored["error"].notna().tolist() == [False, True, False]
    assert "neither a name" in scored["error"][1]


def test_score_tells_row_by_row_what_cannot_be_scored(ask, trained: Workspace, tmp_path: Path):
    (tmp_path / "in.csv").write_text(
        "name,tdp_w,spec_rops,note\n"
        "RX 6600,inf,,=1+1\nRX 6600,-5,,-5\nRX 6600,much,,\nRX 6600,,1e400,\nRX 6600,132,64,\n"
    )
    assert ask("score", str(tmp_path / "in.csv"), str(tmp_path / "out.csv")).exit_code == 0
    scored = pd.read_csv(tmp_path / "out.csv", keep_default_na=False)
    assert scored["note"].tolist() == ["'=1+1", "-5", "", "", ""]
    assert [note.split(":")[0] for note in scored["notes"]] == ["tdp_w", "tdp_w", "tdp_w", "spec_rops", ""]
    assert scored["match_spec"].tolist() == ["Radeon RX 6600"] * 5
    trained.run("inference", params={"input": str(tmp_path / "in.csv"), "output": str(tmp_path / "kedro.csv")})
    assert (tmp_path / "kedro.csv").read_text() == (tmp_path / "out.csv").read_text()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("colour,price\nred,5\n", "choose one with --column, of `colour`, `price`"),
        ("name,name\nRTX 3070,5\n", "two columns `name`"),
        ("name,tdp_w\n", "no rows"),
        ("<!DOCTYPE html>\n<html></html>\n", "in.csv is not a CSV but a web page"),
        ('name,tdp_w\nRTX 3070,5\n"RTX 3070,5\n', "in row 3"),
    ],
)
def test_score_refuses_what_is_no_table_of_gpus_in_one_line_and_leaves_no_file(
    ask, tmp_path: Path, content: str, words: str
):
    (tmp_path / "in.csv").write_text(content)
    done = ask("score", str(tmp_path / "in.csv"), str(tmp_path / "out.csv"))
    assert done.exit_code == 1
    (line,) = done.output.splitlines()
    assert words in line
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv"]


@pytest.mark.parametrize("ending", ["csv", "tsv", "xlsx", "parquet"])
def test_score_reads_and_writes_every_kind_of_file(ask, tmp_path: Path, ending: str):
    (tmp_path / "in.csv").write_text("Inventory\n\nNo;Grafikkarte\n1;RTX 3070\n2;GTX 970\n")
    result, again = tmp_path / f"out.{ending}", tmp_path / "again.csv"
    done = ask("score", str(tmp_path / "in.csv"), str(result))
    assert (done.exit_code, "2 of 2 GPUs, names of column `Grafikkarte`" in done.output) == (0, True)
    assert ask("score", str(result), str(again), "--column", "Grafikkarte").exit_code == 0
    scored = pd.read_csv(again, sep=";" if ending == "csv" else ",")
    assert scored["match_spec"].tolist() == scored["gpu_match_spec"].tolist() == ["GeForce RTX 3070", "GeForce GTX 970"]
    assert scored["row"].tolist() == [4, 5]


def test_score_keeps_the_mode_of_a_result_and_follows_a_link_to_it(ask, tmp_path: Path):
    (tmp_path / "in.csv").write_text("name\nRTX 3070\n")
    kept, link = tmp_path / "elsewhere" / "kept.csv", tmp_path / "out.csv"
    kept.parent.mkdir()
    kept.write_text("old")
    kept.chmod(0o640)
    link.symlink_to(kept)
    assert ask("score", str(tmp_path / "in.csv"), str(link)).exit_code == 0
    assert (link.is_symlink(), kept.stat().st_mode & 0o777) == (True, 0o640)
    assert kept.read_text().startswith("name,row,")
    assert [path.name for path in kept.parent.iterdir()] == ["kept.csv"]


def test_score_does_not_replace_the_table_by_its_answers(ask, tmp_path: Path):
    source, link = tmp_path / "in.csv", tmp_path / "link.csv"
    source.write_text("name\nRTX 3070\n")
    link.symlink_to(source)
    for result in (source, link):
        done = ask("score", str(source), str(result))
        assert (done.exit_code, "is the table itself" in done.output) == (2, True)
    assert source.read_text() == "name\nRTX 3070\n"


@pytest.mark.parametrize(
    ("command", "variable", "value"),
    [
        ("serve", "PORT", "abc"),
        ("serve", "GPU_KEDRO_MAX_BULK", "x"),
        ("serve", "GPU_KEDRO_API_KEY", "se cret"),
        ("app", "PORT", "abc"),
        ("app", "GPU_KEDRO_APP_PORT", "99999999"),
        ("app", "API_URL", "localhost:8000"),
        ("app", "API_URL", "http://localhost:abc"),
    ],
)
def test_settings_that_cannot_be_taken_are_told_in_one_line_without_a_key(
    ask, monkeypatch: pytest.MonkeyPatch, command: str, variable: str, value: str
):
    monkeypatch.setenv(variable, value)
    done = ask(command)
    assert done.exit_code == 1
    (line,) = done.output.splitlines()
    assert variable.removeprefix("GPU_KEDRO_").removeprefix("APP_").lower() in line.lower()
    assert "se cret" not in line


def test_a_card_steers_no_terminal():
    figure = {"value": 1.0, "predicted": 1.0, "interval_90": [0.5, 2.0], "source": "predicted", "note": "n"}
    card = render_card(
        {
            "name": "\x1b[31mRTX\u202e",
            "answer": "full",
            "reason": None,
            "match": {"spec": None, "kind": "none", "confidence": 0.0, "did_you_mean": []},
            "segment": {"labels": ["Desktop"], "source": "predicted", "probabilities": {"Desktop": 1.0}},
            "g3d_mark": figure,
            "price_usd": figure,
            "tdp_w": figure,
            "warnings": [],
        }
    )
    assert "\x1b[31m" not in card
    assert "\u202e" not in card


def test_inference_through_kedro_says_the_same_as_score(ask, trained: Workspace, tmp_path: Path):
    (tmp_path / "in.csv").write_text("name,tdp_w\nRTX 3070,\nRX 6600,132\n")
    assert ask("score", str(tmp_path / "in.csv"), str(tmp_path / "a.csv")).exit_code == 0
    trained.run("inference", params={"input": str(tmp_path / "in.csv"), "output": str(tmp_path / "b.csv")})
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "a.csv"), pd.read_csv(tmp_path / "b.csv"), rtol=1e-9)


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (["RTX 3060"], ["price           $329 (measured 2022, model says $"]),
        (["RX 6600"], ["power           132 W (listed, model says ", "price           $"]),
        (["GeForce", "--tdp-w", "200"], ["power           200 W (given, model says "]),
        (["Apple M2 Pro"], ["answer          none: GPUs of Apple are", "segment         – (none)"]),
        (["Microsoft Basic Display Adapter"], ["answer          none: ", "power           – (none)"]),
        (["GeForce GPU"], ["answer          partial: No specification sheet", "price           – (none, model says $"]),
        (["Apple M2 Pro", "--explain"], ["nothing to explain: the models say nothing of it"]),
    ],
)  # fmt: skip
def test_a_card_tells_where_each_figure_comes_from(ask, arguments: list[str], lines: list[str]):
    done = ask("predict", *arguments)
    assert done.exit_code == 0
    for line in lines:
        assert f"  {line}" in done.output


def test_score_tells_sources_and_reasons(ask, tmp_path: Path):
    (tmp_path / "in.csv").write_text("name,tdp_w\nRTX 3060,\nRX 6600,\nRX 6600,90\nApple M2 Pro,\nGeForce GPU,\n")
    assert ask("score", str(tmp_path / "in.csv"), str(tmp_path / "out.csv")).exit_code == 0
    scored = pd.read_csv(tmp_path / "out.csv", keep_default_na=False)
    assert scored["tdp_w_source"].tolist()[:4] == ["measured", "listed", "given", "none"]
    assert scored["tdp_w_value"].tolist()[:4] == ["170.0", "132.0", "90.0", ""]
    assert scored["answer"].tolist() == ["full", "full", "full", "none", "partial"]
    assert scored["reason"].tolist() == ["", "", "", "not_covered", "too_little_known"]
