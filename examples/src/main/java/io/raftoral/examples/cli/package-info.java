/**
 * The {@code raftoral} command: its subcommands, their options, what they print for people and as JSON, and their exit
 * codes. Each subcommand is a class of its own; {@code io.raftoral.examples.RaftoralCli} puts them together.
 */
@NullMarked
package io.raftoral.examples.cli;

import org.jspecify.annotations.NullMarked;
