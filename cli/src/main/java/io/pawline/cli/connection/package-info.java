/** The options and environment variables that say where the parts of a system are, and as whom to go there. */
package io.pawline.cli.connection;
