/** The checks of what a system stands on: each says whether it is as Pawline needs it, and otherwise what to do. */
package io.pawline.cli.check;
