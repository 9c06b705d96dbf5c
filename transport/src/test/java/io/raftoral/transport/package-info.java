@NullMarked
package io.raftoral.transport;

import org.jspecify.annotations.NullMarked;
