{{/*
Fails if the cluster lacks a kind of another project, and says which one to install. Without a cluster, as in
`helm template`, Helm knows no kinds at all, and nothing is checked. Takes a list: top-level scope, version, kind, the
project with its least version, what asks for it.
*/}}
{{- define "pawline.requireKind" -}}
{{- $root := index . 0 -}}
{{- $version := index . 1 -}}
{{- $kind := index . 2 -}}
{{- $known := $root.Capabilities.APIVersions -}}
{{- if and (has "apps/v1/Deployment" $known) (not (has (printf "%s/%s" $version $kind) $known)) -}}
{{- $others := list -}}
{{- range $known -}}
{{- if and (hasPrefix (printf "%s/" (splitList "/" $version | first)) .) (hasSuffix (printf "/%s" $kind) .) -}}
{{- $others = append $others (trimSuffix (printf "/%s" $kind) .) -}}
{{- end -}}
{{- end -}}
{{- $has := empty $others | ternary "none" (printf "only %s" (join ", " $others)) -}}
{{- fail (printf "%s, which needs the kind %s of %s, and this cluster has %s: install %s, or change that value" (index . 4) $kind $version $has (index . 3)) -}}
{{- end -}}
{{- end -}}
