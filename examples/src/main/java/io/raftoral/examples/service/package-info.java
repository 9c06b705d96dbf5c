/**
 * The outside world of the sample workflows: fake services that do nothing but keep a ledger of who called them. A ledger
 * is memory, a file, or a server that somebody else runs.
 */
@NullMarked
package io.raftoral.examples.service;

import org.jspecify.annotations.NullMarked;
