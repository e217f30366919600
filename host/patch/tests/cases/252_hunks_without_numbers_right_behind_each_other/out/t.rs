let patch = "
--- a/src/ends.js
+++ b/src/end.js
@@ -6,4 +6,4 @@
 def first(items):
     rest = list(items)
-    return rest[0]
";
