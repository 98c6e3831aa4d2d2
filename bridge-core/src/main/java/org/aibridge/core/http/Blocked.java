package org.aibridge.core.http;

/**
 * Describes the statuses that are about the account, the address or the way there: what was sent is
 * not at fault, and would be refused again until somebody has mended that.
 */
final class Blocked {
  private Blocked() {}

  /** True if {@code status} means that the request was blocked, and not that it is wrong. */
  static boolean is(ServiceRequest.Caller caller, int status) {
    return switch (status) {
      case 304, 402, 407, 411, 419, 421, 426, 428, 431, 440, 451, 511 -> true;
      case 494, 495, 496, 497, 498 -> true; // nginx's own, and a token that has expired
      case 404, 405, 410, 501 -> caller == ServiceRequest.Caller.DISPATCH;
      default -> false;
    };
  }

  /**
   * Returns the reason for a hold in one sentence.
   *
   * @param said the answer in words
   */
  static String problem(ServiceRequest request, int status, String said) {
    String what =
        switch (status) {
          case 304 -> "what answers is a cache and not the AI service";
          case 402 -> "the AI service wants to be paid";
          case 404, 410 -> "the AI service has no path " + request.url();
          case 405, 501 -> "the AI service takes no POST at " + request.url();
          case 407 -> "a proxy between us and the AI service wants credentials";
          case 411, 428 -> "what answers does not take the head of our requests";
          case 419, 440, 498 -> "what answers wants a login or a token that has not expired";
          case 421 -> "what answers is not the AI service of that host name";
          case 426 -> "the AI service wants another protocol than HTTP/1.1";
          case 431, 494 -> "the AI service takes no headers as large as ours";
          case 451 -> "the AI service is barred by law";
          case 495, 496 -> "what answers wants a client certificate, or another one";
          case 497 -> "what answers wants https";
          default -> "the network wants a login before it lets us through";
        };
    return what + ": " + said;
  }
}
