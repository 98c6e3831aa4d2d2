/** Tests of what an operator installs. */
package org.aibridge.dist;
