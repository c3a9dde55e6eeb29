#!/bin/bash
# All commands from 16 MB of address space to 1 GB, and all small numbers of open files.
staircase='16 24 28 30 32 34 36 38 40 42 44 46 48 50 52 54 56 60 64 72 80 96 112 128 160 192 224 256 260
    264 268 272 276 280 284 288 292 320 384 512 768 1024'
# shellcheck source=/dev/null
. "$srcdir/tests/cli/limits.sh"
