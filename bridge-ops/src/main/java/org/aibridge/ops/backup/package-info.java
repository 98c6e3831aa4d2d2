/** Backups of what a bridge keeps. Begin with {@link org.aibridge.ops.backup.BackupCommand}. */
package org.aibridge.ops.backup;
