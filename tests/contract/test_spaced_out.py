"""What is severe is known of a comment as it reads now, at every site, and people keep how they read."""

from dataclasses import replace

from makers import World

from moderation.domain.person import Reading
from moderation.services import authors, people, sites, spacing
from moderation.wiring import starting_policy


def test_slurs_and_threats_are_severe_wherever_they_stand(world: World) -> None:
    slur, calm = world.has("maybe-toxicity a-slur."), world.has("maybe-toxicity, and no more.")
    elsewhere = sites.create(world.deps, name="Elsewhere", origins=[], policy=starting_policy("default"))
    threat = replace(world, site=elsewhere).has("maybe-toxicity a-threat.")

    found = spacing.severe(world.deps, [(each.site_id, each.id) for each in (slur, calm, threat)])

    assert {item: [each.code for each in findings] for item, findings in found.items()} == {
        slur.id: ["slur"],
        threat.id: ["threat"],
    }
    assert found[slur.id][0].spans == ((15, 22),)
    assert spacing.severe(world.deps, []) == {}


def test_a_text_that_was_changed_is_as_severe_as_it_reads_now(world: World) -> None:
    comment = world.receives("maybe-toxicity a-slur.")
    world.scores()
    authors.edit(world.deps, comment.id, "maybe-toxicity, and no more.")
    before = spacing.severe(world.deps, [(comment.site_id, comment.id)])
    world.scores()

    assert before == spacing.severe(world.deps, [(comment.site_id, comment.id)]) == {}


def test_people_keep_how_they_read(world: World) -> None:
    ada, _ = people.create(world.deps, name="Ada", roles={})
    assert people.by_name(world.deps, "Ada").reading == Reading(veiled=True, spacing=3, swipes=True)

    chosen = Reading(veiled=False, spacing=8, swipes=False)
    changed = people.choose_reading(world.deps, ada, chosen)

    assert people.by_name(world.deps, "Ada").reading == changed.reading == chosen
