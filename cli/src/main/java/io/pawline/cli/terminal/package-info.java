/** What the commands write for a person at a terminal. */
package io.pawline.cli.terminal;
