#!/bin/sh
# Writes Sources/Grid/BuiltinThemes.swift from the files here, so that the program needs none of them to run.
# A test compares the two. Order matters: a theme may extend one that stands before it.
set -eu
cd "$(dirname "$0")"
{
    echo '// Written by themes/embed.sh from themes/*.yaml: edit those.'
    echo 'enum BuiltinThemes {'
    echo '    static let sources: [(name: String, yaml: String)] = ['
    for name in dark light mono deuteranopia high-contrast; do
        echo '        ('
        echo "            name: \"$name\","
        echo '            yaml: """'
        sed -e 's/^\(.\)/                \1/' "$name.yaml"
        echo '                """'
        echo '        ),'
    done
    echo '    ]'
    echo '}'
} >../Sources/Grid/BuiltinThemes.swift
