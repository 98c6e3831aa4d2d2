/**
 * The way to the disk. Makes and opens the bridge's files for the bridge's own user alone, and
 * tells what others may do to them. Begin with {@link org.aibridge.core.files.PrivateFiles} and
 * {@link org.aibridge.core.files.Disk}.
 */
package org.aibridge.core.files;
