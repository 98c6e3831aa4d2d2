package org.aibridge.script;

import java.util.List;
import org.mozilla.javascript.CompilerEnvirons;
import org.mozilla.javascript.Context;
import org.mozilla.javascript.Evaluator;
import org.mozilla.javascript.EvaluatorException;
import org.mozilla.javascript.Function;
import org.mozilla.javascript.Interpreter;
import org.mozilla.javascript.Node;
import org.mozilla.javascript.RhinoException;
import org.mozilla.javascript.Script;
import org.mozilla.javascript.Scriptable;
import org.mozilla.javascript.Token;
import org.mozilla.javascript.ast.FunctionNode;
import org.mozilla.javascript.ast.ScriptNode;

/**
 * Compiles a script so that each of its operators is bounded.
 *
 * <p>Rhino adds two texts in one instruction however long they are, so thirty instructions make a
 * text of a gigabyte: each sum passes through {@link #GUARD}, and so does each spread value. Big
 * integers and {@code with} are refused.
 */
final class SourceScreen implements Evaluator {
  /** The name of the guard, as a global and as a property of text and number prototypes. */
  static final String GUARD = "\0guard";

  private final Interpreter interpreter = new Interpreter();

  @Override
  public Object compile(
      CompilerEnvirons environs, ScriptNode tree, String source, boolean returnFunction) {
    screen(tree);
    return interpreter.compile(environs, tree, source, returnFunction);
  }

  private static void screen(ScriptNode tree) {
    children(tree, false);
    for (int i = 0; i < tree.getFunctionCount(); i++) {
      FunctionNode function = tree.getFunctionNode(i);
      screen(function);
    }
  }

  /**
   * @param summed true if {@code node} is part of a sum whose result is guarded
   */
  private static void children(Node node, boolean summed) {
    for (Node child = node.getFirstChild(), next; child != null; child = next) {
      next = child.getNext();
      boolean sum = sum(child);
      if (child.getType() == Token.BIGINT) {
        throw refused("big integers", child);
      }
      // A catch block also has this token, but its scope comes from a local variable.
      if (child.getType() == Token.ENTERWITH
          && child.getFirstChild().getType() != Token.LOCAL_LOAD) {
        throw refused("\"with\"", child);
      }
      children(child, sum);
      if (child.getType() == Token.DOTDOTDOT) {
        Node spread = child.getFirstChild();
        child.removeChild(spread);
        child.addChildToFront(guarded(spread));
      } else if (sum && !summed) {
        replace(node, child);
      }
    }
  }

  private static boolean sum(Node node) {
    return node.getType() == Token.STRING_CONCAT
        || node.getType() == Token.ADD
            && node.getFirstChild().getType() != Token.NUMBER
            && node.getLastChild().getType() != Token.NUMBER;
  }

  private static void replace(Node parent, Node sum) {
    Node place = new Node(Token.EMPTY);
    parent.replaceChild(sum, place);
    parent.replaceChild(place, usesStack(sum) ? guardedOnStack(sum) : guarded(sum));
  }

  /** True for the sum in {@code a.b += c}, which allows nothing else on the stack. */
  private static boolean usesStack(Node sum) {
    Node first = sum.getFirstChild();
    return first.getType() == Token.USE_STACK || sum(first) && usesStack(first);
  }

  private static Node guarded(Node value) {
    return new Node(Token.CALL, Node.newString(Token.NAME, GUARD), value);
  }

  private static Node guardedOnStack(Node value) {
    return new Node(Token.GETPROP, value, Node.newString(GUARD));
  }

  private static EvaluatorException refused(String what, Node node) {
    return Context.reportRuntimeError(
        "line " + node.getLineno() + ": NPC scripts have no " + what,
        null,
        node.getLineno(),
        null,
        0);
  }

  @Override
  public Function createFunctionObject(
      Context context, Scriptable scope, Object bytecode, Object securityDomain) {
    return interpreter.createFunctionObject(context, scope, bytecode, securityDomain);
  }

  @Override
  public Script createScriptObject(Object bytecode, Object securityDomain) {
    return interpreter.createScriptObject(bytecode, securityDomain);
  }

  @Override
  public void captureStackInfo(RhinoException exception) {
    interpreter.captureStackInfo(exception);
  }

  @Override
  public String getSourcePositionFromStack(Context context, int[] line) {
    return interpreter.getSourcePositionFromStack(context, line);
  }

  @Override
  public String getPatchedStack(RhinoException exception, String stack) {
    return interpreter.getPatchedStack(exception, stack);
  }

  @Override
  public List<String> getScriptStack(RhinoException exception) {
    return interpreter.getScriptStack(exception);
  }

  @Override
  public void setEvalScriptFlag(Script script) {
    interpreter.setEvalScriptFlag(script);
  }
}
