package org.aibridge.core.store;

import java.util.HexFormat;

/**
 * The first document of a segment as this version of Chronicle Queue writes it, so that a start
 * need not make a file to get one.
 */
final class FirstDocument {
  static final byte[] KNOWN =
      HexFormat.of()
          .parseHex(
              "c1000040b906686561646572b60853435153746f726582aa000000cd77726974"
                  + "65506f736974696f6e8e01000000008d02000000000000000200000000000000"
                  + "10810000000000000000000010810000c8696e646578696e67b60c5343515349"
                  + "6e646578696e67824c000000ca696e646578436f756e74a50008cc696e646578"
                  + "53706163696e67a110cb696e64657832496e6465788f8fa7c800000000000000"
                  + "c96c617374496e6465788e00000000a71000000000000000ca64617461466f72"
                  + "6d6174a101");

  private FirstDocument() {}
}
