@NullMarked
package io.raftoral.storage;

import org.jspecify.annotations.NullMarked;
