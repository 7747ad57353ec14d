# The daily commands. `just` lists them; each is also a plain command that can be copied.

# Programs are built here.
debug := env("CARGO_TARGET_DIR", "target") / "debug"

_list:
    @just --list --unsorted

# The whole product with demo data on http://localhost:3000
run *ARGS:
    cargo run -- {{ ARGS }}

# As run; a changed template, stylesheet or handler shows in the browser by itself
watch *ARGS:
    cargo run -- --watch {{ ARGS }}

# The tests of one room or crate: `just test partner-transaction`
test PACKAGE *ARGS:
    cargo test -p {{ PACKAGE }} {{ ARGS }}

# The scenarios whose name contains a word: `just scenarios mail`
scenarios WORD="":
    cargo build
    EPASS_TARGET="{{ absolute_path(debug) }}" EPASS_LOCAL_BIN="{{ absolute_path(debug) }}/epass-local" cargo test -p epass-scenarios {{ WORD }}

# Writes the snapshots of one crate anew; look at the diff before you commit
snapshots PACKAGE *ARGS:
    INSTA_UPDATE=always cargo test -p {{ PACKAGE }} {{ ARGS }}
    git diff --stat -- '*.snap'

# Writes the tables of docs/budgets.md anew; what a use case costs is asserted in tests/scenarios/tests/budgets.rs
budgets:
    cargo build
    INSTA_UPDATE=always EPASS_TARGET="{{ absolute_path(debug) }}" EPASS_LOCAL_BIN="{{ absolute_path(debug) }}/epass-local" cargo test -p epass-scenarios budgets::
    git diff --stat -- docs/budgets.md

# Everything that is generated from what the rooms declare
generated: template openapi routes menu

# infra/template.yaml
template: (_write "template" "infra/template.yaml")

# functions/public/site/openapi.json
openapi: (_write "openapi" "functions/public/site/openapi.json")

# shared/web/routes.txt
routes: (_write "routes" "shared/web/routes.txt")

# shared/web/menu.txt
menu: (_write "menu" "shared/web/menu.txt")

# Built before a file is written: the program embeds some of those files.
_built:
    cargo build --quiet

_write COMMAND FILE: _built
    {{ debug }}/epass-local {{ COMMAND }} > {{ FILE }}.new
    mv {{ FILE }}.new {{ FILE }}

# Runs every test, and names the grants that none of them used
rights:
    tests/run

# What CI runs first: form and lints
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- -D warnings
