# METADATA
# description: Words of commands to copy. Names come from the account and may hold anything.
package kmsaudit.lib.shell

# quote makes one word of a text: between single quotes nothing is special, and one of its own is put in by `\'`.
# (replace would build a table for every text.)
quote(text) := concat("", ["'", concat(`'\''`, split(text, "'")), "'"])
