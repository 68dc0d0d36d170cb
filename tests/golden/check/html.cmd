"$CHECK_FORMS" html | sed -e '/^<style>/,/^<\/style>/d' -e '/^<script>/,/^<\/script>/d'
