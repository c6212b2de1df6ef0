"""Alembic's entry: runs over the connection that `migrate` opened, in its transaction or one of its own."""

from alembic import context

from moderation.adapters.db.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_object=context.config.attributes["include_object"],
    render_as_batch=context.config.attributes["connection"].dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
