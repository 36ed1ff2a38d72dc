# make demo    the dashboard on a simulated platform
# make lab     a lab of real servers on loopback, and the dashboard on it
# make test    every test, real servers included
# make patroni4 the live tests once more, on Patroni 4.1
# make unit    the fast tests only: no servers, no played scenarios
# make bench   the budgets, measured
# make interruptions  10,000 plans interrupted on simulated platforms, 50 on real servers
# make endings how the dashboard ends: by key, signal, stop, crash, lost terminal
# make screens the pictures in docs/screens/
# make cast    the recorded session in docs/
# make layout  which functions lie side by side in the release binary, by what runs on the lab
# make lint    formatting and style

SWIFT ?= swift

.PHONY: demo lab layout cast build release test patroni4 unit bench interruptions endings screens lint format install-build install-lab clean

demo: install-build release
	.build/release/pitboss demo

lab: install-lab release
	.build/release/pitboss lab up
	.build/release/pitboss --operate --config /tmp/pitboss-lab/pitboss.yaml

build: install-build
	$(SWIFT) build

release: install-build
	./scripts/release

test: install-lab
	./scripts/test

unit: install-build
	$(SWIFT) test --skip LiveTests --skip LabLiveTests --skip ScenarioPlaysTests

patroni4: install-lab
	./scripts/patroni4

bench: install-lab release
	./scripts/release Bench
	.build/release/Bench
	./scripts/bench

interruptions: install-lab release
	./scripts/interruptions
	.build/release/pitboss lab up --with redis --dir /tmp/pitboss-interruptions
	./scripts/interrupt-lab .build/release/pitboss /tmp/pitboss-interruptions
	.build/release/pitboss lab down --dir /tmp/pitboss-interruptions

endings: install-build release
	./scripts/python scripts/endings.py

screens: install-build release
	./scripts/screens

cast: install-build release
	./scripts/cast

layout: install-lab
	KEEP_SYMBOLS=1 ./scripts/release pitboss -Xlinker -Map=.build/pitboss.map
	.build/release/pitboss lab up --dir /tmp/pitboss-layout
	./scripts/python scripts/layout.py make .build/release/pitboss .build/pitboss.map /tmp/pitboss-layout/pitboss.yaml scripts/layout
	.build/release/pitboss lab down --dir /tmp/pitboss-layout

lint:
	$(SWIFT) format lint --strict --recursive Sources Tests Package.swift

format:
	$(SWIFT) format --in-place --recursive Sources Tests Package.swift

# Each installs only what is missing; with sudo when not root.
install-build:
	@./scripts/install build

install-lab:
	@./scripts/install build lab

clean:
	rm -rf .build
