/** What happened, kept for a person: the last events as columns, and a whole run as a page. */
@NullMarked
package io.raftoral.simulation.trace;

import org.jspecify.annotations.NullMarked;
