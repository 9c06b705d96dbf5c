/** Small workflows to learn from and to play with; each is a file of its own. */
@NullMarked
package io.raftoral.examples.samples;

import org.jspecify.annotations.NullMarked;
