"""``realestate models``: which model looks at photos, what it claims, and how good it is."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from realestate.cli.output import Format, OutputOption, emit, emit_one, next_step, progress, say
from realestate.cli.session import toolkit
from realestate.errors import ExitCode, RealestateError, UsageError

if TYPE_CHECKING:
    from realestate.services.model_evaluation import Measured

app = typer.Typer()

NameArgument = Annotated[str | None, typer.Argument(help="Name of the model; the one that analyzes when omitted.")]
Row = dict[str, Any]


@app.command("list")
def list_models(output: OutputOption = None) -> None:
    """List the models there are; the one in use is what the setting `model` names."""
    emit(map(_listed, toolkit().models.all()), output, ("name", "used", "from", "version", "kind", "classes", "state"))


@app.command()
def card(name: NameArgument = None, output: OutputOption = None) -> None:
    """Show what a model claims: classes, thresholds, figures, sources with licences, training, caveats."""
    document = dict(toolkit().models.find(name or _chosen()).read_card().document)
    if output is Format.TABLE or (output is None and sys.stdout.isatty()):
        from realestate.cli.model_screen import show_card

        show_card(document)
    else:
        emit_one(document, output)


@app.command()
def verify(
    model: Annotated[
        str | None,
        typer.Argument(help="Name of a model, or an ONNX file; every model when omitted.", metavar="NAME|FILE"),
    ] = None,
    card_file: Annotated[
        Path | None, typer.Option("--card", help="Card of the file; FILE.json beside it when omitted.")
    ] = None,
    output: OutputOption = None,
) -> None:
    """Check a model against its card and run it once, a stranger's in a process of its own."""
    if model is None:
        raise typer.Exit(_verify_all(output))
    shelf = toolkit().models
    if card_file is not None or _is_file(model):
        path = Path(model)
        files = shelf.files_at(path, card_file or path.with_suffix(".json"))
    else:
        files = shelf.find(model)
    shelf.try_out(files)
    found = files.read_card().card
    emit_one({"model": found.name, "sha256": found.sha256, "state": "whole", "classes": list(found.classes)}, output)


@app.command()
def add(
    onnx: Annotated[Path, typer.Argument(help="The ONNX file, with its weights inside.", metavar="FILE.onnx")],
    card_file: Annotated[Path, typer.Option("--card", help="JSON that says what goes in and what comes out.")],
    name: Annotated[str | None, typer.Option("--name", help="How to call it; as its card does when omitted.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Take the place of a model of that name.")] = False,
    output: OutputOption = None,
) -> None:
    """Take in a model of your own: checked against its card, tried in a process of its own, copied."""
    added = toolkit().models.add(onnx, card_file, name, replace=replace)
    found = added.read_card().card
    emit_one({"model": added.name, "sha256": found.sha256, "classes": list(found.classes)}, output)
    next_step(f"REALESTATE_MODEL={added.name} realestate analyze PHOTOS")


@app.command("eval")
def evaluate(
    manifest: Annotated[Path, typer.Argument(help="CSV of labels: file, and 1, 0 or nothing per class.")],
    photos: Annotated[
        Path | None, typer.Option("--photos", help="Where the files are; beside the CSV when omitted.")
    ] = None,
    model: Annotated[str | None, typer.Option("--model", help="Name of the model; the one that analyzes.")] = None,
    split: Annotated[str | None, typer.Option("--split", help="Only rows whose column split is this.")] = None,
    predictions: Annotated[
        Path | None, typer.Option("--predictions", help="Write scores and issues of each photo as JSON lines.")
    ] = None,
    output: OutputOption = None,
) -> None:
    """Measure a model on labelled photos: average precision, F1 at its thresholds, false alarms by source."""
    evaluation = toolkit().model_evaluation(model)
    with progress("photos") as advance:
        measured = evaluation.run(manifest, photos or manifest.parent, split, lambda done, total: advance(done, total))
    if predictions is not None:
        _write_predictions(measured, predictions)
    _show_figures({"model": measured.model, "sha256": measured.sha256, **measured.figures}, output)
    raise typer.Exit(_left_out(measured))


@app.command()
def train(
    folder: Annotated[Path, typer.Argument(help="Folder of photos.")],
    labels: Annotated[
        Path | None, typer.Option("--labels", help="CSV of labels; manifest.csv in the folder when omitted.")
    ] = None,
    backbone: Annotated[
        Path | None, typer.Option("--backbone", help="ImageNet weights to start from; the shipped model when omitted.")
    ] = None,
    tier: Annotated[str, typer.Option("--tier", help="A: explicitly licensed photos alone; all.")] = "all",
    out: Annotated[Path, typer.Option("--out", help="Where model, card and predictions go.")] = Path("model"),
    name: Annotated[str, typer.Option("--name", help="How the card calls the model.")] = "own",
    seed: Annotated[int, typer.Option("--seed", help="Where chance begins.")] = 1,
    steps: Annotated[
        int | None, typer.Option("--steps", min=1, help="Of gradient descent; as for the shipped model when omitted.")
    ] = None,
    folds: Annotated[int, typer.Option("--folds", min=2, help="Parts for cross-validation.")] = 5,
    jobs: Annotated[int | None, typer.Option("--jobs", min=1, help="Processes; one a core when omitted.")] = None,
    output: OutputOption = None,
) -> None:
    """Train a model on labelled photos: measured by cross-validation, written with its card."""
    if tier not in ("A", "all"):
        raise UsageError(f"There is no tier {tier!r}.", "Write --tier A or --tier all")
    if importlib.util.find_spec("torch") is None:
        raise UsageError("Training needs torch, which is not installed.", "pip install 'realestate[train]'")
    table = labels or folder / "manifest.csv"
    if not table.is_file():
        raise UsageError(f"There is no file {table}.", "Name the labels: --labels FILE.csv with file,crack,mould ...")
    from realestate.training import command

    request = command.Request(
        folder,
        table,
        backbone,
        licensed_only=tier == "A",
        out=out,
        name=name,
        seed=seed,
        steps=steps or command.STEPS,
        fold_count=folds,
        jobs=jobs or command.cores(),
    )
    figures = command.train(request, say)
    _show_figures({"model": name, **figures}, output)
    next_step(f"realestate models add {out / 'damage.onnx'} --card {out / 'damage.json'}")


def _chosen() -> str:
    return toolkit().settings.model


def _is_file(word: str) -> bool:
    return word.endswith(".onnx") or "/" in word or Path(word).is_file()


def _listed(files: Any) -> Row:  # noqa: ANN401  the command line knows no adapters
    """A row of the list; a card that cannot be read is told in it."""
    row: Row = {"name": files.name, "used": files.name == _chosen(), "from": "package" if files.shipped else "you"}
    try:
        found = files.read_card()
    except RealestateError as error:
        return {**row, "version": None, "kind": None, "classes": [], "sha256": None, "state": error.message}
    version, kind = found.document.get("version"), found.document["output"]["kind"]
    about = {"version": version, "kind": kind, "classes": list(found.card.classes), "sha256": found.card.sha256}
    return {**row, **about, "state": "ready" if files.tried else "not tried yet"}


def _verify_all(output: Format | None) -> int:
    """Check every model; gives the exit code."""
    rows = list(map(_verified, toolkit().models.all()))
    emit(rows, output)
    refused = sum(row["state"] == "refused" for row in rows)
    if not rows or refused == len(rows):
        return ExitCode.NOTHING_USABLE
    return ExitCode.PARTIAL if refused else ExitCode.DONE


def _verified(files: Any) -> Row:  # noqa: ANN401  the command line knows no adapters
    try:
        toolkit().models.try_out(files)
    except RealestateError as error:
        return {"model": files.name, "state": "refused", "sha256": None, "why": error.message}
    return {"model": files.name, "state": "whole", "sha256": files.read_card().card.sha256, "why": ""}


def _write_predictions(measured: Measured, path: Path) -> None:
    lines = (
        {"file": file, "scores": dict(one.scores), "issues": sorted(one.issues)}
        for file, one in measured.predictions.items()
    )
    toolkit().write_lines(path, (json.dumps(line, ensure_ascii=False) for line in lines))


def _show_figures(figures: Row, output: Format | None) -> None:
    if output is Format.TABLE or (output is None and sys.stdout.isatty()):
        from realestate.cli.model_screen import show_figures

        show_figures(figures)
    else:
        emit_one(figures, output or Format.JSON)


def _left_out(measured: Measured) -> int:
    """Say what was not measured; gives the exit code."""
    for photo in measured.skipped[:5]:
        say(f"{photo.file}: skipped, {photo.reason}")
    if len(measured.skipped) > 5:
        say(f"and {len(measured.skipped) - 5} more")
    for name in measured.unjudged:
        say(f"{name}: the labels say nothing of it.")
    missing = measured.figures["missing"]
    if missing:
        say(f"{missing} labelled photos could not be read.")
    return ExitCode.PARTIAL if missing else ExitCode.DONE
