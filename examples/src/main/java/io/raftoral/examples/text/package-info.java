/** What a person sees: tables, colours, progress, and how wide all that is. Knows nothing of workflows. */
@NullMarked
package io.raftoral.examples.text;

import org.jspecify.annotations.NullMarked;
