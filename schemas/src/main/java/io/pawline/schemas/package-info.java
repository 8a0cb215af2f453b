/**
 * The names and rules that all services share: stages, topics, record headers, reasons, task ids. Every module uses it.
 */
package io.pawline.schemas;
