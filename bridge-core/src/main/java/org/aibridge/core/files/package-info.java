/**
 * The way to the disk. What the bridge keeps is for the user it runs as alone: makes and opens its
 * files, and tells what others may do to them. Begin with {@link
 * org.aibridge.core.files.PrivateFiles} and {@link org.aibridge.core.files.Disk}.
 */
package org.aibridge.core.files;
