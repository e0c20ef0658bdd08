# METADATA
# description: Amounts of money for messages.
package kmsaudit.lib.money

# dollars(3) is "$3.00".
dollars(amount) := sprintf("$%d.%02d", [floor(cents / 100), cents % 100]) if cents := round(amount * 100)
