/**
 * The demo: three nodes in one process, a file of orders, and a leader that is killed in the middle. {@code Demo} is the
 * plot, {@code Witness} writes down what the nodes report, {@code Verdict} judges it, and {@code Report} shows it.
 */
@NullMarked
package io.raftoral.examples.demo;

import org.jspecify.annotations.NullMarked;
