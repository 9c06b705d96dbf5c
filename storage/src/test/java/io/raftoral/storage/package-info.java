/** Tests of the storage module; the contract suites for both implementations of each store live here. */
@NullMarked
package io.raftoral.storage;

import org.jspecify.annotations.NullMarked;
