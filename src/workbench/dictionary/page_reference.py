"""What stands beside the datasets on the dictionary's page: targets, timed pathways, layouts."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.dictionary import model
from workbench.dictionary.document import Cell, Section, Table, anchored, day_cell, status_cell
from workbench.dictionary.load import Dictionary


def reference_sections(dictionary: Dictionary) -> Iterator[Section]:
    """Set out targets, milestones, profiles, source systems, lookups and sources."""
    yield Section("Targets", 2, "targets", (), (_targets(dictionary.targets),))
    yield Section("Timed pathways", 2, "milestones", (), (_milestones(dictionary.milestones),))
    yield Section("Disclosure profiles", 2, "profiles", (), (_profiles(dictionary),))
    yield from _mappings(dictionary)
    tables = (_lookups(dictionary), _diagnoses(dictionary), _labels(dictionary))
    yield Section("Lookups", 2, "lookups", (), tables)
    yield Section("Sources", 2, "sources", (), (_sources(dictionary),))


def _targets(targets: tuple[model.Target, ...]) -> Table:
    header = ("Target", "Standard", "Kind", "Share", "From", "To", "Status", "Source")
    rows = tuple(
        (
            Cell(target.label),
            Cell(target.standard),
            Cell(target.kind),
            Cell(f"{target.value:.0%}"),
            day_cell(target.valid_from),
            day_cell(target.valid_to, "until replaced"),
            status_cell(target.status),
            Cell(target.source),
        )
        for target in targets
    )
    return Table("Targets, by standard and date", header, rows)


def _milestones(milestones: tuple[model.Milestone, ...]) -> Table:
    header = ("Step", "Pathway", "Event", "Counted from", "Due within days", "Status", "Source")
    rows = tuple(
        (
            Cell(step.label),
            Cell(step.pathway.replace("_", " ")),
            Cell(step.code, "code"),
            Cell(step.from_event, "code"),
            Cell(str(step.due_within_days)),
            status_cell(step.status),
            Cell(step.source),
        )
        for step in milestones
    )
    return Table("Steps of timed pathways", header, rows)


def _profiles(dictionary: Dictionary) -> Table:
    header = (
        "Profile", "What it does", "Withheld above", "Withheld below", "Rounded to",
        "Moved by up to", "Complementary suppression", "Stamp", "In use", "Status", "Source",
    )  # fmt: skip
    rows = tuple(
        (
            Cell(profile.name, "code"),
            Cell(profile.title),
            Cell(_number(profile.withhold_above)),
            Cell(_number(profile.withhold_below)),
            Cell(_number(profile.round_to)),
            Cell(_number(profile.noise)),
            Cell("yes" if profile.complementary else "no"),
            Cell(profile.stamp),
            Cell("yes" if profile.available else "not yet"),
            status_cell(profile.status),
            Cell(profile.source),
        )
        for profile in dictionary.profiles.values()
    )
    return Table("How counts are made safe", header, rows)


def _mappings(dictionary: Dictionary) -> Iterator[Section]:
    yield Section("Source systems", 2, "source-systems", ("A new source is a file, not code.",))
    for mapping in dictionary.mappings.values():
        tables = tuple(
            Table(
                f"{mapping.title}: {name}",
                ("Source column", "Our column"),
                (
                    *((Cell(a, "code"), Cell(b, "code")) for a, b in dataset.columns.items()),
                    *((Cell(a, "code"), Cell("never read in")) for a in dataset.drop),
                    *((Cell("the sender's code"), Cell(b, "code")) for b in dataset.from_sender),
                ),
            )
            for name, dataset in mapping.datasets.items()
        )
        told = f"{mapping.note} Status: {mapping.status}. Source: {mapping.source}."
        yield Section(mapping.title, 3, anchored("source", mapping.name), (told,), tables)


def _lookups(dictionary: Dictionary) -> Table:
    rows = tuple(
        (
            Cell(lookup.name, "code"),
            Cell(f"{lookup.title}. {lookup.note}".strip()),
            Cell(lookup.file, "code"),
            status_cell(lookup.status),
            Cell(lookup.source),
        )
        for lookup in dictionary.lookups.values()
    )
    return Table("Lookup tables", ("Lookup", "What it holds", "File", "Status", "Source"), rows)


def _diagnoses(dictionary: Dictionary) -> Table:
    """ICD-10 categories of each tumour group, short enough for a clinician to check."""
    name = "icd10_tumour_group"
    codes = dictionary.lookup(name)
    status = dictionary.lookups[name].status
    scoped = codes[codes["in_scope"] == "true"].assign(category=codes["icd10"].str[:3])
    rows = tuple(
        (Cell(str(group)), Cell(", ".join(sorted(set(part["category"])))), status_cell(status))
        for group, part in scoped.groupby("tumour_group", sort=True)
    )
    return Table(
        "ICD-10 categories with any code in each tumour group", ("Group", "ICD-10", "Status"), rows
    )


def _labels(dictionary: Dictionary) -> Table:
    """Published cancer types and where they are put; each row has its own status."""
    frame = dictionary.lookup("published_tumour_groups").fillna("")
    rows = tuple(
        (
            Cell(label),
            Cell(kind),
            Cell(group, link=anchored("codes", "tumour_group") if group else None),
            Cell(roll_up),
            Cell(parent),
            status_cell(status),
        )
        for label, kind, group, roll_up, parent, status in frame.itertuples(index=False)
    )
    header = ("Published label", "Kind", "Tumour group", "One of ten", "Part of", "Status")
    return Table("Published cancer types", header, rows)


def _sources(dictionary: Dictionary) -> Table:
    rows = tuple(
        (Cell(source.key, "code"), Cell(source.title), Cell(source.licence))
        for source in dictionary.sources.values()
    )
    return Table("Where the facts come from", ("Key", "Title", "Licence"), rows)


def _number(value: float | None) -> str:
    return f"{value:g}" if value is not None else ""
